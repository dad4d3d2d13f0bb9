/** Where a picture comes from: behind the toolbar's button at a desk, in a sheet on a phone. */
import { useRef } from "preact/hooks";
import { Dialog } from "../dialog";
import { FileText } from "../action-icons";
import { Camera, Image, Link } from "../more-icons";
import type { Icon } from "../icons";
import { Menu, type MenuEntry } from "../menu";
import { attachmentsOf, choose } from "./attaching";
import type { Desk } from "./desk";

export function PictureMenu({ desk }: { desk: Desk }) {
  const root = useRef<HTMLSpanElement>(null);
  // The toolbar scrolls sideways and would cut the menu off: it hangs from the window instead.
  const place = () => {
    const box = root.current?.getBoundingClientRect();
    root.current?.style.setProperty("--menu-x", `${box?.left ?? 0}px`);
    root.current?.style.setProperty("--menu-y", `${(box?.bottom ?? 0) + 6}px`);
  };
  const entries: MenuEntry[] = [
    { kind: "action", label: "Picture or file…", icon: Image, run: desk.chooseFiles },
    { kind: "action", label: "By address", icon: Link, run: () => byAddress(desk) },
    { kind: "rule" },
    { kind: "action", label: "Pictures and files", icon: FileText, run: () => desk.open({ kind: "files" }) },
  ];
  return (
    <span class="picture-menu" ref={root} onClickCapture={place} onKeyDownCapture={place}>
      <Menu label="Image" class="icon" tabIndex={-1} button={<Image />} entries={entries} />
    </span>
  );
}

export function PictureSheet({ desk }: { desk: Desk }) {
  const then = (run: () => void) => () => (desk.close(), run());
  const bring = (files: File[]) => desk.attach(attachmentsOf(files));
  const rows: { label: string; shape: Icon; run(): void }[] = [
    { label: "Photo library", shape: Image, run: () => choose("image/*", "files", bring) },
    { label: "Camera", shape: Camera, run: () => choose("image/*", "camera", bring) },
    { label: "File", shape: FileText, run: () => choose(null, "files", bring) },
    { label: "By address", shape: Link, run: () => byAddress(desk) },
  ];
  return (
    <Dialog class="picture-sheet" label="Add a picture" onClose={desk.close}>
      <ul>
        {rows.map(({ label, shape: Shape, run }, index) => (
          <li key={label}>
            <button type="button" data-autofocus={index === 0 || undefined} onClick={then(run)}>
              <Shape size="large" />
              {label}
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

function byAddress({ editor }: Desk): void {
  editor.value?.run("image");
  editor.value?.focus();
}

