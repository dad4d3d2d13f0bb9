/** The text of a version, as page or as source; or the sentence why it is not there. */
import type { Renderings } from "../../preview/renderings";
import type { Changes } from "./changes";
import type { History } from "./history";
import { PageView } from "./page-view";
import { SourceView } from "./source-view";

export interface TextPaneProps {
  history: History;
  changes: Changes;
  renderings: Renderings;
  article: HTMLElement;
}

export function TextPane({ history, changes, renderings, article }: TextPaneProps) {
  const loading = history.loading.value;
  const shown = history.shown.value;
  if (loading.kind === "failed")
    return <Trouble title="The history cannot be shown just now" sentence={loading.sentence} onRetry={() => void history.load()} />;
  if (shown.kind === "failed")
    return <Trouble title="This version cannot be shown just now" sentence={shown.sentence} onRetry={history.retry} />;
  if (shown.kind === "loading")
    return (
      <div class="past-scroll scroller" aria-busy="true">
        <Placed article={article} />
      </div>
    );
  if (history.view.value === "source") return <SourceView shown={shown} changes={changes} />;
  return (
    <PageView shown={shown} changes={changes} renderings={renderings} article={article} onSource={() => (history.view.value = "source")} />
  );
}

/** What the server rendered stays in sight until there is more. */
function Placed({ article }: { article: HTMLElement }) {
  return <div class="placed" ref={(place) => void (place && article.parentElement !== place && place.replaceChildren(article))} />;
}

function Trouble({ title, sentence, onRetry }: { title: string; sentence: string; onRetry(): void }) {
  return (
    <div class="past-scroll past-trouble" role="alert">
      <h2>{title}</h2>
      <p>{sentence} Nothing is lost: versions stay on the server.</p>
      <button type="button" class="btn line" onClick={onRetry}>
        Try again
      </button>
    </div>
  );
}
