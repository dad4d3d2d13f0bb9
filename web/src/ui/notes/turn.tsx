/** One thing somebody said in a thread: who, when, the words, and what may be done with them. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Note, Reply } from "../../session/notes";
import { Face } from "../face";
import { Pencil, Trash } from "../action-icons";
import { Dots } from "../icons";
import { Menu, type MenuEntry } from "../menu";
import type { Board } from "./board";
import { Composer } from "./composer";
import { ReactButton, Reactions } from "./reactions";
import { Said } from "./said";
import { Unsent } from "./not-sent";
import { Trouble } from "./trouble";
import { exactly, when } from "./words";

export interface TurnProps {
  board: Board;
  note: Note;
  /** The note's own words, or one of its replies. */
  said: Reply;
  /** Its thread is open: it can be answered and changed. */
  open: boolean;
  /** Behind the name. */
  children?: ComponentChildren;
}

export function Turn({ board, note, said, open, children }: TurnProps) {
  const [doing, setDoing] = useState<"nothing" | "choosing" | "editing">("nothing");
  const root = useRef<HTMLDivElement>(null);
  const person = board.directory.person(said.by);
  const busy = board.attempts.busy.value.has(said.id);
  const back = () => {
    setDoing("nothing");
    requestAnimationFrame(() => root.current?.querySelector<HTMLElement>(".who .icon")?.focus());
  };
  const entries = changes({ board, note, said, onEdit: () => setDoing("editing") });
  return (
    <div class="turn" ref={root} aria-busy={busy}>
      <div class="who">
        <Face small name={person.display} peer={person.peer} guest={person.guest} />
        <b dir="auto">{person.display}</b>
        <time dateTime={new Date(said.at).toISOString()} title={exactly(said.at)}>
          {person.guest && "guest, "}
          {when(said.at)}
          {said.edited !== null && <span title={exactly(said.edited)}>, edited</span>}
        </time>
        {open && board.writes.value && (
          <span class="turn-acts">
            <ReactButton
              name={person.display}
              open={doing === "choosing"}
              onPress={() => (doing === "choosing" ? back() : setDoing("choosing"))}
            />
            {entries.length > 0 && (
              <Menu label={`More for what ${person.display} said`} class="icon small quiet" button={<Dots />} entries={entries} />
            )}
          </span>
        )}
        {children}
      </div>
      {doing === "editing" ? <Change board={board} note={note} said={said} onDone={back} /> : <Said said={said} directory={board.directory} />}
      <Reactions board={board} note={note.id} said={said} choosing={doing === "choosing"} onChosen={back} />
      {doing !== "editing" && <Unsent board={board} at={said.id} />}
      {doing !== "editing" && <Trouble board={board} at={said.id} />}
    </div>
  );
}

interface ChangeParts {
  board: Board;
  note: Note;
  said: Reply;
  onEdit(): void;
}

function changes({ board, note, said, onEdit }: ChangeParts): MenuEntry[] {
  const reply = said.id === note.id ? null : said.id;
  const entries: MenuEntry[] = [];
  if (board.mine(said)) entries.push({ kind: "action", label: "Edit", icon: Pencil, run: onEdit });
  if (board.mayRemove(said))
    entries.push({ kind: "action", label: "Delete…", icon: Trash, danger: true, run: () => board.remove(note, reply) });
  return entries;
}

/** The words being changed in their place. */
function Change({ board, note, said, onDone }: Omit<ChangeParts, "onEdit"> & { onDone(): void }) {
  const [body, setBody] = useState(said.body);
  const busy = board.attempts.busy.value.has(said.id);
  const save = async () => {
    if (body.trim() === "" || busy) return;
    if (body.trim() === said.body || (await board.edit(note.id, said.id === note.id ? null : said.id, body))) onDone();
  };
  const leave = () => (board.attempts.forget(said.id), onDone());
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => root.current?.scrollIntoView({ block: "nearest" }), []);
  return (
    <div class="change" ref={root}>
      <Composer
        label="What you said"
        placeholder=""
        value={body}
        people={board.others.value}
        busy={busy}
        focus
        rows={2}
        onInput={setBody}
        onPost={() => void save()}
        onLeave={leave}
      />
      <Trouble board={board} at={said.id} onAgain={() => void save()} />
      <div class="foot">
        <button type="button" class="btn text small" disabled={body.trim() === "" || busy} onClick={() => void save()}>
          {busy ? "Saving…" : "Save"}
        </button>
        <button type="button" class="btn quiet small" onClick={leave}>
          Cancel
        </button>
      </div>
    </div>
  );
}
