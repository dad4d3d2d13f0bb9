/** Says whom this page goes along with, in their colour, and lets go. */
import { useEffect, useState } from "preact/hooks";
import type { Desk } from "../desk";
import type { Following } from "./together";

/** How long it says that one was called; then it says what goes on. */
const calledMs = 6_000;

export function FollowingPill({ desk: { together } }: { desk: Desk }) {
  const following = together.following.value;
  return following && <Pill following={following} onStop={together.stop} />;
}

function Pill({ following, onStop }: { following: Following; onStop(): void }) {
  const [called, setCalled] = useState(false);
  useEffect(() => {
    setCalled(following.called);
    if (!following.called) return;
    const timer = setTimeout(() => setCalled(false), calledMs);
    return () => clearTimeout(timer);
  }, [following]);
  const { name } = following;
  return (
    <div class="following" role="group" aria-label="Following">
      <span>{called ? `${name} brought everybody here` : `Following ${name}`}</span>
      <button type="button" aria-label={`Stop following ${name}`} title="Esc" onClick={onStop}>
        Stop
      </button>
    </div>
  );
}
