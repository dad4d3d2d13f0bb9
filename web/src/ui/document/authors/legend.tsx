/** Whose colours and underlines these are: a row under the text, while who wrote this shows. */
import { percent } from "../../../session/shares";
import { Close } from "../../icons";
import { Mark } from "../../more-icons";
import type { WhoWrote } from "./authors";

export function Legend({ who }: { who: WhoWrote }) {
  if (who.shown.value === "hidden") return null;
  const credits = who.credits.value;
  const pointed = who.pointed.value;
  return (
    <div class="strip legend" role="region" aria-label="Who wrote this">
      <ul tabIndex={0} aria-label="Authors">
        {credits?.map(({ author, name, peer, line, part }) => (
          <li key={author} class={`p${peer}`} aria-current={pointed.includes(name) ? "true" : undefined}>
            <span class={`cm-by by-line-${line}`} aria-hidden="true">
              Aa
            </span>
            <span class="legend-name">{name}</span>
            <small>{percent(part)}</small>
          </li>
        ))}
        {credits?.length === 0 && <li>Nobody has written here yet</li>}
        {credits === null && <li class="legend-wait">Looking up who wrote what</li>}
      </ul>
      {!who.fixed.value && (
        <button type="button" class="btn small line" aria-pressed={who.tint.value === "words"} onClick={who.toggleTint}>
          <Mark size="small" />
          <span>Tint words</span>
        </button>
      )}
      <button type="button" class="icon" aria-label="Hide who wrote this" title="Hide" onClick={who.toggle}>
        <Close />
      </button>
    </div>
  );
}
