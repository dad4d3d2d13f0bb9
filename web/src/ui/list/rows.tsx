/** The documents a tab and a search leave, or why there are none. */
import { count } from "../time";
import type { List } from "./list";
import { Row } from "./row";

const nothing = {
  recent: "Nothing here yet.",
  mine: "You have not written anything here yet.",
  shared: "Nothing yet. Open a link that somebody sent you, and its document appears here.",
  trash: "The trash is empty.",
} as const;

export function Rows({ list }: { list: List }) {
  const rows = list.rows.value;
  const query = list.query.value.trim();
  const away = list.shelf.reach.value === "away";
  if (away && list.tab.value === "trash" && rows.length === 0)
    return <p class="list-none">The trash is on the server. It can be looked into when you are online again.</p>;
  if (list.loading.value)
    return (
      <p class="list-none" role="status">
        Looking for your documents…
      </p>
    );
  if (rows.length === 0)
    return <p class="list-none">{query ? `No title here contains “${query}”.` : nothing[list.tab.value]}</p>;
  return (
    <>
      {list.tab.value === "trash" && !away && <TrashHead onEmpty={list.askEmpty} />}
      <ul class="items">
        {rows.map((document) => (
          <Row key={document.id} document={document} query={query} list={list} />
        ))}
      </ul>
      <p class="meta list-foot" role="status">
        {count(rows.length, "document")}
      </p>
    </>
  );
}

function TrashHead({ onEmpty }: { onEmpty(): void }) {
  return (
    <p class="trash-head">
      Documents stay here for 30 days. Only you can see them.
      <button type="button" class="btn small revoke" onClick={onEmpty}>
        Empty the trash
      </button>
    </p>
  );
}
