/** Every key of a page, in groups. */
import { Dialog } from "./dialog";
import { installsByHand } from "./install-offer";
import { Keys } from "./keys";

export interface HelpGroup {
  name: string;
  keys: readonly { label: string; chord: string }[];
}

export function Help({ groups, onClose }: { groups: readonly HelpGroup[]; onClose(): void }) {
  return (
    <Dialog class="help" label="Keyboard" onClose={onClose}>
      <HelpKeys groups={groups} />
    </Dialog>
  );
}

export function HelpKeys({ groups }: { groups: readonly HelpGroup[] }) {
  return (
    <>
      <InstallHint />
      <HelpList groups={groups} />
    </>
  );
}

/** Said only where the browser has no offer of its own to make. */
function InstallHint() {
  const { standalone } = navigator as { standalone?: boolean };
  if (!installsByHand(navigator, standalone)) return null;
  return <p class="help-install">To install Galley on this device: Share, then Add to Home Screen.</p>;
}

function HelpList({ groups }: { groups: readonly HelpGroup[] }) {
  return (
    <div class="help-groups">
      {groups.map((group) => (
        <div class="help-group" key={group.name}>
          <h3>{group.name}</h3>
          <dl>
            {group.keys.map((entry) => (
              <div class="help-key" key={entry.label}>
                <dt>{entry.label}</dt>
                <dd>
                  <Keys chord={entry.chord} />
                </dd>
              </div>
            ))}
          </dl>
        </div>
      ))}
    </div>
  );
}
