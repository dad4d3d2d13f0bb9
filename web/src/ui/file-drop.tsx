/** Markdown files held over the page and let go of. Listens before the editor, which would insert them in place. */
import { useEffect, useState } from "preact/hooks";
import { Download } from "./icons";

const markdown = /\.(md|markdown|mdown|txt)$/i;

export function FileDrop({ sentence, onFiles }: { sentence: string; onFiles(files: File[]): void }) {
  const [over, setOver] = useState(false);

  useEffect(() => {
    const hold = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      setOver(true);
    };
    const leave = (event: DragEvent) => {
      if (!event.relatedTarget) setOver(false);
    };
    const drop = (event: DragEvent) => {
      setOver(false);
      const files = [...(event.dataTransfer?.files ?? [])];
      if (files.length === 0) return;
      event.preventDefault();
      event.stopPropagation();
      onFiles(files.filter((file) => markdown.test(file.name)));
    };
    addEventListener("dragover", hold, true);
    addEventListener("dragleave", leave, true);
    addEventListener("drop", drop, true);
    return () => {
      removeEventListener("dragover", hold, true);
      removeEventListener("dragleave", leave, true);
      removeEventListener("drop", drop, true);
    };
  }, [onFiles]);

  if (!over) return null;
  return (
    <div class="drop">
      <Download size="large" />
      {sentence}
    </div>
  );
}
