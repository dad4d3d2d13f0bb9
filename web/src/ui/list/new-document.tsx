/** The one primary button of the list. */
export function NewDocument({ onPress }: { onPress(): void }) {
  return (
    <button type="button" class="btn primary big keyed" onClick={onPress}>
      New document <kbd>n</kbd>
    </button>
  );
}
