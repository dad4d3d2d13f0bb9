/** What is let go of over the document: Markdown becomes its text, everything else a picture or a file in it. */
import { isMarkdown } from "../../editor/names";
import { FileDrop } from "../file-drop";
import { attachmentsOf, dropPlace } from "./attaching";
import type { Desk } from "./desk";

export function DocumentDrop({ desk }: { desk: Desk }) {
  const drop = ({ files }: DataTransfer, { clientX, clientY, target }: DragEvent) => {
    const others = [...files].filter((file) => !isMarkdown(file));
    const editor = desk.editor.value;
    if (others.length > 0) desk.attach(attachmentsOf(others), editor ? dropPlace(editor, clientX, clientY, target) : undefined);
    if (others.length < files.length) void desk.bring([...files].filter(isMarkdown));
  };
  return <FileDrop shape="frame" sentence="Let go to bring it in" onDrop={drop} />;
}
