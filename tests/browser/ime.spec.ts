/** Input methods, on a desk and on a phone, with somebody else writing all the time. */
import { Composer, profiles } from "./composing";
import { expect, test } from "./fixtures";
import { keyboards, languages, places } from "./ime-cases";
import { Writer } from "./writers";

for (const [profile, options] of Object.entries(profiles)) {
  for (const [rule, cases] of [["pg60: others at every place", places], ["pg63: languages and emoji", languages], ["pg64: what keyboards on glass do", keyboards]] as const) {
    test(`${rule}, ${profile}`, async ({ server, ada, window }) => {
      const document = await ada.newDocument("");
      const composer = await Composer.open(window, ada, document, options);
      const bob = await Writer.join(server, ada, document, "Bob");
      for (const one of cases) await composer.runs(one, bob);
      expect(await ada.text(document)).toBe(bob.stock.text);
    });
  }
}
