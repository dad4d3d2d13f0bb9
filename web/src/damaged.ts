/** The page of a damaged document: the server wrote it, with the text; here its buttons work. */
import { api } from "./session/api";
import { ApiError } from "./session/call";
import { copy } from "./ui/copy";

export function showDamaged(): void {
  const text = document.querySelector(".damaged pre")?.textContent ?? "";
  act("copy", async (button) => {
    if (await copy(text)) button.textContent = "Copied";
  });
  act("make", async (button) => {
    button.disabled = true;
    try {
      location.assign((await api.create({ text })).url);
    } catch (error) {
      button.disabled = false;
      complain(error instanceof ApiError ? error.message : "That did not work. Try again.");
    }
  });
}

function act(name: string, run: (button: HTMLButtonElement) => Promise<void>): void {
  const button = document.querySelector<HTMLButtonElement>(`[data-act="${name}"]`);
  if (!button) return;
  button.hidden = false;
  button.addEventListener("click", () => void run(button));
}

function complain(sentence: string): void {
  const place = document.querySelector<HTMLElement>("[data-problem]");
  if (!place) return;
  place.textContent = sentence;
  place.hidden = false;
}
