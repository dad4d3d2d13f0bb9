/** The sign: a proofreader's caret beside a text cursor. */
export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 24 24" aria-hidden="true">
      <path class="mark-caret" d="M4 18.5 9.75 6l5.75 12.5" />
      <path class="mark-cursor" d="M20 4v16" />
    </svg>
  );
}

export function Wordmark() {
  return (
    <a class="wordmark" href="/">
      <Mark />
      Galley
    </a>
  );
}
