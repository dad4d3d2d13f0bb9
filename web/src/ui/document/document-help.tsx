/** Help beside a document: the keys, and the cheat sheet of everything the text may hold. */
import { Dialog } from "../dialog";
import { HelpKeys } from "../help";
import type { Desk } from "./desk";
import { CheatSheet } from "./later";
import { helpGroups } from "./more";

const tabs = [
  { kind: "help", label: "Keyboard" },
  { kind: "cheat-sheet", label: "Markdown" },
] as const;

export function DocumentHelp({ desk, tab }: { desk: Desk; tab: (typeof tabs)[number]["kind"] }) {
  const label = tabs.find(({ kind }) => kind === tab)?.label ?? "Help";
  return (
    <Dialog class={`help ${tab}`} label={label} onClose={desk.close}>
      <div class="tabs help-tabs" role="tablist" aria-label="Help" onKeyDown={(event) => move(event, desk)}>
        {tabs.map(({ kind, label }) => (
          <button
            key={kind}
            type="button"
            role="tab"
            id={`help-${kind}`}
            aria-selected={kind === tab}
            aria-controls="help-panel"
            tabIndex={kind === tab ? 0 : -1}
            onClick={() => desk.open({ kind })}
          >
            {label}
          </button>
        ))}
      </div>
      <div role="tabpanel" id="help-panel" aria-labelledby={`help-${tab}`}>
        {tab === "help" ? <HelpKeys groups={helpGroups(desk)} /> : <CheatSheet desk={desk} />}
      </div>
    </Dialog>
  );
}

/** There are two: an arrow goes to the other. */
function move(event: KeyboardEvent & { currentTarget: HTMLElement }, desk: Desk): void {
  if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
  const other = event.currentTarget.querySelector<HTMLElement>("[aria-selected='false']");
  const kind = tabs.find(({ kind }) => other?.id === `help-${kind}`)?.kind;
  if (!kind) return;
  event.preventDefault();
  desk.open({ kind });
  other?.focus();
}
