/** Files held over the page and let go of. Where the drop goes on to the editor, the editor leaves files alone. */
import { useEffect, useState } from "preact/hooks";
import { Download } from "./action-icons";

export interface FileDropProps {
  sentence: string;
  /** A frame leaves what is under it to be aimed at. */
  shape: "veil" | "frame";
  onDrop(data: DataTransfer, event: DragEvent): void;
}

export function FileDrop({ sentence, shape, onDrop }: FileDropProps) {
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
      const data = event.dataTransfer;
      if (!data || data.files.length === 0) return;
      event.preventDefault();
      onDrop(data, event);
    };
    addEventListener("dragover", hold, true);
    addEventListener("dragleave", leave, true);
    addEventListener("drop", drop, true);
    return () => {
      removeEventListener("dragover", hold, true);
      removeEventListener("dragleave", leave, true);
      removeEventListener("drop", drop, true);
    };
  }, [onDrop]);

  if (!over) return null;
  return (
    <div class={`drop ${shape}`}>
      <span>
        <Download size="large" />
        {sentence}
      </span>
    </div>
  );
}
