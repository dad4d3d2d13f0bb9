/** The text on paper. Pictures out of sight may not have been asked for yet: paper waits for them, but not for ever. */
const picturesMs = 4_000;

export async function printText(article: HTMLElement): Promise<void> {
  const pictures = [...article.querySelectorAll("img")];
  for (const picture of pictures) picture.loading = "eager";
  const shown = Promise.all(pictures.map((picture) => picture.decode().catch(() => {})));
  await Promise.race([shown, new Promise((done) => setTimeout(done, picturesMs))]);
  print();
}
