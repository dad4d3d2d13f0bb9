/** Above the list while the server cannot be asked, or no longer knows who asks. */
import type { ComponentChildren } from "preact";
import { CloudOff, Key } from "../icons";
import { count } from "../time";
import type { Shelf } from "./shelf";

export function ReachStrip({ shelf }: { shelf: Shelf }) {
  const reach = shelf.reach.value;
  const here = [...shelf.cards.value.values()].filter(({ stranded }) => stranded === null).length;
  return (
    <div role="status">
      {reach === "away" && (
        <Strip icon={<CloudOff />}>
          <p>
            You are offline. {here === 0 ? "No document is on this device yet." : `${count(here, "document")} ${here === 1 ? "is" : "are"} on this device.`}
          </p>
        </Strip>
      )}
      {reach === "signed-out" && (
        <Strip icon={<Key />}>
          <p>Your session ended. What was saved is safe; what waits here is sent once you sign in again.</p>
          <a class="btn small" href="/">
            Sign in
          </a>
        </Strip>
      )}
    </div>
  );
}

function Strip({ icon, children }: { icon: ComponentChildren; children: ComponentChildren }) {
  return (
    <div class="reach-strip">
      {icon}
      {children}
    </div>
  );
}
