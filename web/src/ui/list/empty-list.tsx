/** Nothing here yet: what to do, in place of a void. */
import { Download, Trash } from "../action-icons";
import { Link } from "../more-icons";
import { NewDocument } from "./new-document";

export function EmptyList({ onCreate, onTrash }: { onCreate(): void; onTrash(): void }) {
  return (
    <div class="empty">
      <div class="empty-sheet" aria-hidden="true">
        <i />
        Start by entering a title here
      </div>
      <div>
        <h2>Nothing here yet</h2>
        <p>
          Make one and start typing. The first heading becomes the title. <b>Share</b> makes a link that works without
          an account.
        </p>
        <NewDocument onPress={onCreate} />
        <ul>
          <li>
            <Download />
            <span>
              Have Markdown already? Drop <code>.md</code> files, a folder or a <code>.zip</code> anywhere on this page.
            </span>
          </li>
          <li>
            <Link />
            <span>
              Got a link from somebody? Open it, and the document appears here under <b>Shared with me</b>.
            </span>
          </li>
          <li>
            <Trash />
            <span>
              Looking for something you removed? It is in the{" "}
              <button type="button" class="inline-link" onClick={onTrash}>
                trash
              </button>
              .
            </span>
          </li>
        </ul>
      </div>
    </div>
  );
}
