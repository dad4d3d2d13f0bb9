/**
 * Fetches, beside a file that is imported when it is needed, the files that one imports. In place of the bundler's own
 * (`vite.config.ts`), which is three times as large and knows no nonce, without which our policy lets no script be preloaded.
 *
 * Invariant: a style is there before its code runs, and one that did not come is asked for again the next time.
 */
const coming = new Map<string, Promise<unknown>>();

export function preload<T>(load: () => Promise<T>, files: readonly string[] = []): Promise<T> {
  return Promise.all(files.map(fetched)).then(load);
}

function fetched(file: string): Promise<unknown> | undefined {
  const path = `/${file}`;
  const known = coming.get(path);
  if (known || document.querySelector(`link[href="${path}"]`)) return known;
  const link = document.createElement("link");
  const style = file.endsWith(".css");
  link.rel = style ? "stylesheet" : "modulepreload";
  link.nonce = document.querySelector<HTMLMetaElement>("meta[name=csp-nonce]")?.content ?? "";
  link.href = path;
  const come = new Promise((done, failed) => {
    link.onload = done;
    link.onerror = () => {
      link.remove();
      coming.delete(path);
      failed(new Error(`${path} did not come.`));
    };
  });
  document.head.append(link);
  // A script that did not come is asked for by its import.
  if (!style) return void come.catch(() => undefined);
  coming.set(path, come);
  return come;
}
