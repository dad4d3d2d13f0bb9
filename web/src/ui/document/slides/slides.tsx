/** Slides: keys, presses and sweeps turn them; a quiet line below says where one is. */
import { useEffect, useLayoutEffect } from "preact/hooks";
import { announce } from "../../announce";
import { typing } from "../../chord";
import { Close } from "../../icons";
import { ChevronLeft, ChevronRight, Maximize } from "../../more-icons";
import { swipes } from "../../notes/swipe";
import type { Desk } from "../desk";
import { fit, unfit } from "./fit";
import { type More, type Turn, turnOf } from "./keys";

/** A press in this part of the width goes back. */
const backPart = 0.25;
/** Of a long slide, how much of the window a key passes. */
const readPart = 0.85;

export function SlidesLayer({ desk }: { desk: Desk }) {
  const { slides, sheet } = desk;
  const at = slides.at.value;
  const count = slides.deck.value.length;
  const turn = (how: Turn) => turns(desk, how);
  useFit(desk);
  useHands(desk, turn);
  useLayoutEffect(() => {
    sheet.scrollTop = 0;
    announce(`Slide ${at + 1} of ${count}`);
  }, [at]);
  useEffect(() => sheet.focus({ preventScroll: true }), []);

  return (
    <nav class="slides-line" aria-label="Slides">
      <span class="slides-title" dir="auto">
        {desk.title.value || "Untitled"}
      </span>
      <button type="button" class="icon" aria-label="Previous slide" title="Previous (←)" disabled={at === 0} onClick={() => turn("back")}>
        <ChevronLeft />
      </button>
      <span class="slides-at">
        {at + 1} of {count}
      </span>
      <button type="button" class="icon" aria-label="Next slide" title="Next (→)" disabled={at >= count - 1} onClick={() => turn("next")}>
        <ChevronRight />
      </button>
      <span class="slides-end">
        {document.fullscreenEnabled && (
          <button type="button" class="icon" aria-label="Full screen" title="Full screen" onClick={fullScreen}>
            <Maximize />
          </button>
        )}
        <button type="button" class="icon" aria-label="Leave the slides" title="Leave (Esc)" onClick={() => turn("leave")}>
          <Close />
        </button>
      </span>
    </nav>
  );
}

/** The whole screen, where the browser lets a page have it; in the same turn as a press. */
function fullScreen(): void {
  if (!document.fullscreenElement) void document.documentElement.requestFullscreen?.().catch(() => undefined);
}

function turns({ slides, sheet, together, leaveSlides }: Desk, how: Turn): void {
  if (how === "leave") return leaveSlides();
  const far = sheet.clientHeight * readPart;
  if (how === "read on" || how === "read back") return sheet.scrollBy({ top: how === "read on" ? far : -far });
  // Whoever turns by hand goes on alone.
  together.stop();
  const at = slides.at.peek();
  slides.to({ next: at + 1, back: at - 1, first: 0, last: slides.deck.peek().length - 1 }[how]);
}

function more({ scrollTop, scrollHeight, clientHeight }: HTMLElement): More {
  return { above: scrollTop > 1, below: scrollTop + clientHeight < scrollHeight - 1 };
}

function useHands(desk: Desk, turn: (how: Turn) => void): void {
  const { sheet } = desk;
  useLayoutEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event)) return;
      if (desk.overlay.peek().kind !== "none" || pressesSomething(event)) return;
      const how = turnOf(event, more(sheet));
      if (!how) return;
      event.preventDefault();
      turn(how);
    };
    const onClick = (event: MouseEvent) => {
      if (event.defaultPrevented || event.button !== 0 || !getSelection()?.isCollapsed) return;
      if (event.target instanceof Element && event.target.closest("a, button, input, label, summary, iframe, audio, video")) return;
      turn(event.clientX < sheet.clientWidth * backPart ? "back" : "next");
    };
    // Leaving the full screen, which Esc does without telling, leaves the slides.
    const onFullScreen = () => document.fullscreenElement || turn("leave");
    const stop = swipes(sheet, { down: () => {}, left: () => turn("next"), right: () => turn("back") });
    document.addEventListener("keydown", onKeyDown);
    document.addEventListener("fullscreenchange", onFullScreen);
    sheet.addEventListener("click", onClick);
    return () => {
      stop();
      document.removeEventListener("keydown", onKeyDown);
      document.removeEventListener("fullscreenchange", onFullScreen);
      sheet.removeEventListener("click", onClick);
    };
  }, []);
}

/** Space and Enter belong to what has the focus first. */
function pressesSomething({ key, target }: KeyboardEvent): boolean {
  return (key === " " || key === "Enter") && target instanceof Element && target.closest("a, button, input, summary") !== null;
}

/** The size of the text, whenever the slide, the window or what is in it is another. */
function useFit({ sheet, article, slides }: Desk): void {
  useLayoutEffect(() => {
    const again = () => fit(sheet);
    let due = 0;
    // To measure is to lay everything out: pictures that come together are one change.
    const soon = () => {
      due ||= requestAnimationFrame(() => {
        due = 0;
        again();
      });
    };
    again();
    const observer = new MutationObserver(again);
    observer.observe(article, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-slide", "open"] });
    const sizes = new ResizeObserver(again);
    sizes.observe(sheet);
    article.addEventListener("load", soon, { capture: true });
    document.fonts?.addEventListener("loadingdone", soon);
    return () => {
      cancelAnimationFrame(due);
      observer.disconnect();
      sizes.disconnect();
      article.removeEventListener("load", soon, { capture: true });
      document.fonts?.removeEventListener("loadingdone", soon);
      unfit(sheet);
    };
  }, [slides]);
}
