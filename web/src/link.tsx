/** `/s/{link}#{secret}`: exchanges the secret for access, shows the text at once and goes on to the document. */
import { render } from "preact";
import { fill } from "./preview/patch";
import { api } from "./session/api";
import { ApiError } from "./session/call";
import { settle } from "./wiring/settle";
import "./styles/pages/link.css";
import { readBoot, takeApp } from "./ui/boot";
import { LinkPassword } from "./ui/stop/link-password";
import { Stop } from "./ui/stop/stop";

const boot = readBoot();
void settle(boot);
const app = document.getElementById("app");

// The secret leaves the address bar before anything else happens, so that it is not copied, bookmarked or shown around.
const secret = location.hash.slice(1);
history.replaceState(null, "", location.pathname);

// A page that says there is nothing here has said all there is to say, unless this device has something of it.
if (boot.page === "link") void open();
else if (boot.page === "gone") void import("./gone").then(({ showKept }) => showKept(boot));
else if (boot.page === "damaged") void import("./damaged").then(({ showDamaged }) => showDamaged());

/** `password`: what was typed, where the link asks for one. */
async function open(password?: string): Promise<void> {
  if (!boot.link || !secret)
    return stop(
      "This link is not complete",
      "Its last part, after the #, is missing. Copy the whole link from the message you got, and open it again.",
    );
  try {
    const opened = await api.redeem(boot.link.id, { secret, ...(password === undefined ? {} : { password }) });
    document.title = `${opened.title || "Untitled"} · Galley`;
    if (app) showText(app, opened.html);
    location.replace(opened.url);
  } catch (error) {
    if (error instanceof ApiError && error.code === "password_required") return askPassword(false);
    if (error instanceof ApiError && error.code === "password_wrong") return askPassword(true);
    if (error instanceof ApiError && dead(error))
      return stop(
        "This link does not work any more",
        "It may have been revoked, or its address is not whole. Ask whoever sent it to you for a new one.",
      );
    const sentence = error instanceof ApiError ? error.message : "Check the connection and try again.";
    stop("The document cannot be opened just now", `Your link may be fine. ${sentence}`, () => void open(password));
  }
}

/** Whether trying again cannot help. */
function dead({ status }: ApiError): boolean {
  return status >= 400 && status < 500 && status !== 429;
}

/** The text is readable while the document's own page is fetched. */
function showText(app: HTMLElement, html: string): void {
  const article = document.createElement("article");
  article.className = "prose";
  fill(article, html);
  const sheet = document.createElement("div");
  sheet.className = "scroller";
  sheet.append(article);
  const pane = document.createElement("section");
  pane.className = "pane preview";
  pane.append(sheet);
  const panes = document.createElement("main");
  panes.className = "panes";
  panes.dataset.view = "view";
  panes.append(pane);
  const bar = document.createElement("header");
  bar.className = "bar";
  const page = document.createElement("div");
  page.className = "doc";
  page.append(bar, panes);
  app.replaceChildren(page);
}

let drawn: HTMLElement | undefined;

function askPassword(wrong: boolean): void {
  drawn ??= takeApp();
  render(<LinkPassword key={Date.now()} wrong={wrong} onOpen={(password) => void open(password)} />, drawn);
}

/** `retry`: the secret is no longer in the address, so reloading would lose it. */
function stop(title: string, sentence: string, retry?: () => void): void {
  drawn ??= takeApp();
  render(
    <Stop title={title} sentence={sentence}>
      <p class="stop-acts">
        {retry && (
          <button type="button" class="btn primary" onClick={retry}>
            Try again
          </button>
        )}
        <a class="btn line" href="/">
          To the start page
        </a>
      </p>
    </Stop>,
    drawn,
  );
}
