/** Source and text, and what lies between. The elements that hold them are made by the entry and only placed here. */
import { effect } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Rail } from "../notes/rail";
import { Arrive } from "./arrive";
import type { Desk } from "./desk";
import { Divider, LinkScroll, middle, split } from "./divider";
import { Dock } from "./dock";
import { sweepPanes } from "./pane-sweep";
import { PhoneFoot } from "./phone";
import { keepingPlace } from "./place";
import { StatusLine } from "./status";
import { FollowingPill } from "./together/following";
import { Toolbar } from "./toolbar";
import type { Typing } from "./typing";
import type { View } from "./view";

export interface PanesProps {
  desk: Desk;
  typing: Typing;
  /** A guest who has not been asked for a name yet. */
  arriving: boolean;
  onArrived(name: string | null): void;
}

export function Panes({ desk, typing, arriving, onArrived }: PanesProps) {
  const panes = useRef<HTMLElement>(null);
  // Not left to the next render: `show` gives the source the focus in the same turn, which a hidden pane cannot take.
  useLayoutEffect(() => {
    const element = panes.current;
    if (!element) return;
    let before: View | null = null;
    const stop = effect(() => {
      const view = desk.shown.value;
      keepingPlace(desk, before, view, () => element.setAttribute("data-view", view));
      before = view;
    });
    const still = sweepPanes(element, desk);
    return () => (stop(), still());
  }, []);
  const editor = desk.editor.value;
  const preview = desk.preview.value;
  const view = desk.shown.value;
  const linked = desk.scroll.value?.linked;
  const { me } = desk;
  const { board, surfaces, over } = desk.notes;
  const rail = board.shown.value && !desk.phone.value;
  const followed = desk.together.following.value;
  const frame = followed && (view === "both" && linked?.value === false ? "sheet" : "all");

  return (
    <main
      class={rail && !over.value ? "panes noted" : "panes"}
      ref={panes}
      data-follow={frame}
      style={{ "--split": split.value === middle ? null : split.value / 100, "--follow": followed && `var(--peer-${followed.peer})` }}
    >
      <section class="pane source" aria-label="Source">
        {view === "edit" && <h1 class="sr">{desk.title.value || "Untitled"}</h1>}
        {editor ? <Toolbar desk={desk} editor={editor} onNote={board.start} /> : <div class="toolbar" />}
        <Slot element={desk.source} />
        <p id="source-keys" hidden>
          Press Escape, then Tab, to leave the editor.
        </p>
        {view === "edit" && <FollowingPill desk={desk} />}
        {editor && preview ? <StatusLine editor={editor} preview={preview} /> : <div class="status" />}
      </section>
      {view === "both" && <Divider />}
      {view === "both" && linked && (
        <LinkScroll linked={linked.value} onToggle={() => (linked.value = !linked.value)} />
      )}
      <section class="pane preview" aria-label="Text">
        <Slot element={desk.sheet} />
        {view !== "edit" && <FollowingPill desk={desk} />}
        {desk.empty.value && (
          <p class="prose-empty">
            {desk.writes.value ? "The text appears here as you write." : "Nothing is written here yet."}
          </p>
        )}
        {arriving && me.value.kind === "guest" && (
          <Arrive
            sharedBy={desk.document.owner.display}
            name={me.value.display}
            onStart={onArrived}
            onRead={() => onArrived(null)}
          />
        )}
      </section>
      {rail && (
        <Rail
          board={board}
          lead={surfaces.lead.value}
          over={over.value}
          onAsk={desk.wayToMore.value}
          onLeave={desk.toText}
        />
      )}
      {typing === "folded" || typing === "unfolded" ? <Dock desk={desk} /> : <PhoneFoot desk={desk} />}
    </main>
  );
}

/** A place for an element that is not Preact's. */
export function Slot({ element }: { element: HTMLElement }) {
  const place = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    // It may stand there since before the script came, and scrolled.
    if (place.current?.firstChild !== element) place.current?.replaceChildren(element);
  }, [element]);
  return <div class="slot" ref={place} />;
}
