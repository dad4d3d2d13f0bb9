/** The door was closed while the page was open: what was not sent, before anything else. */
import { useEffect, useState } from "preact/hooks";
import { NoAccess } from "../stop/no-access";
import type { Refusal } from "../stop/refused";
import { count } from "../time";
import { Toasts } from "../toasts";
import type { Desk } from "./desk";

export function Refused({ desk, refusal }: { desk: Desk; refusal: Refusal }) {
  const [shared, setShared] = useState<string | null>(null);
  useEffect(() => void desk.beside.shared().then(setShared, () => undefined), []);
  const saved = desk.session.saved.value;
  const unsent = saved.kind === "saved" || saved.n === 0 ? null : { text: desk.text(), shared, amount: count(saved.n, "edit") };
  const { forget } = desk.beside;
  const kept = forget && "place" in saved && saved.place === "device";
  const remove = () => void forget?.().then(() => location.replace("/"));
  return (
    <>
      <NoAccess title={desk.title.value || "Untitled"} refusal={refusal} unsent={unsent} onDelete={kept ? remove : null} />
      <Toasts />
    </>
  );
}
