/** A page in place of a document: what happened, what is safe, what to do. */
import type { ComponentChildren } from "preact";
import { Lock } from "../more-icons";
import { Wordmark } from "../mark";

export interface StopProps {
  about?: string;
  title: string;
  sentence: string;
  children?: ComponentChildren;
}

export function Stop({ about, title, sentence, children }: StopProps) {
  return (
    <>
      <header class="top slim">
        <Wordmark />
      </header>
      <main class="stop">
        {about && (
          <p class="meta">
            <Lock size="small" />
            {about}
          </p>
        )}
        <h1>{title}</h1>
        <p class="lead">{sentence}</p>
        {children}
      </main>
    </>
  );
}
