/** What somebody said: plain text, with links that open elsewhere and names of those it mentions in their colour. */
import type { Reply } from "../../session/notes";
import type { Directory } from "../../session/people";
import { pieces } from "./body-text";

export function Said({ said, directory }: { said: Reply; directory: Directory }) {
  const people = said.mentions.map((author) => directory.person(author));
  const mentioned = new Map(people.flatMap((person) => (person.name ? [[person.name, person]] : [])));
  return (
    <p class="say" dir="auto">
      {pieces(said.body, mentioned).map((piece, at) => {
        switch (piece.kind) {
          case "text":
            return piece.text;
          case "link":
            return (
              <a key={at} href={piece.href} target="_blank" rel="noopener noreferrer nofollow">
                {piece.text}
              </a>
            );
          case "mention":
            return (
              <bdi key={at} class={`mention p${piece.person.peer}`} title={piece.text}>
                {piece.person.display}
              </bdi>
            );
        }
      })}
    </p>
  );
}
