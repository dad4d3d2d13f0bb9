/** Input methods, on a desk and on a phone, with somebody else writing all the time. */
import { Composer, profiles } from "./composing";
import { expect, test } from "./fixtures";
import { interruptions, keyboards, languages, places } from "./ime-cases";
import { Person } from "./people";
import { Server } from "./server";
import { Writer } from "./writers";

const tables = {
  "PG60: others at every place": places,
  "PG61: what comes in the middle of a word": interruptions,
  "PG63: languages and emoji": languages,
  "PG64: what keyboards on glass do": keyboards,
};

for (const [profile, options] of Object.entries(profiles)) {
  for (const [rule, cases] of Object.entries(tables)) {
    test(`${rule}, ${profile}`, async ({ server, ada, window }) => {
      const document = await ada.newDocument("");
      const composer = await Composer.open(window, ada, document, options);
      const bob = await Writer.join(server, ada, document, "Bob");
      for (const one of cases) await composer.runs(one, bob);
      expect(await ada.text(document)).toBe(bob.stock.text);
    });
  }

  test(`PG65: a word whose end nobody hears of is kept, and others are let in, ${profile}`, async ({ server, ada, window }) => {
    const grace = await Person.signUp(server, "grace", "Grace Hopper");
    const document = await ada.newDocument("");
    await ada.addMember(document, "grace", "edit");
    const composer = await Composer.open(window, grace, document, options);
    const bob = await Writer.join(server, ada, document, "Bob");
    const { desk } = composer;

    await composer.begins("one |\nR", bob);
    await composer.step({ compose: "two" }, bob);
    await composer.step({ other: ["R", "RR"] }, bob);
    await desk.source.evaluate((content: HTMLElement) => content.blur());
    await composer.stands("one two|\nRR", bob, "the editor is left");

    await composer.begins("one |\nR", bob);
    await composer.step({ compose: "two" }, bob);
    await composer.step({ saved: true }, bob);
    await composer.step({ other: ["R", "RR"] }, bob);
    await ada.addMember(document, "grace", "view");
    await expect.poll(() => desk.whole()).toBe("one two\nRR");
    await composer.step({ other: ["RR", "RRR"] }, bob);
    await expect.poll(() => desk.whole()).toBe("one two\nRRR");
    await ada.addMember(document, "grace", "edit");
    await expect(desk.source).toHaveAttribute("contenteditable", "true");

    await composer.begins("one |\nR", bob);
    await composer.step({ compose: "tw" }, bob);
    await server.end("SIGKILL");
    await composer.step({ compose: "two" }, bob);
    bob.replace("R", "RR");
    const again = await Server.start({ data: server.data, port: Number(new URL(server.url).port) });
    await expect(desk.saveState).toHaveText(/^Sav/);
    await composer.step({ commit: "too" }, bob);
    await composer.stands("one too|\nRR", bob, "the connection is lost");

    await composer.step({ compose: "ends" }, bob);
    await desk.expectSaved();
    await desk.page.close();
    await expect.poll(() => bob.stock.text).toBe("one tooends\nRR");
    await again.dispose();
  });
}

test("PG66: the source asks for what the system's keyboard can do", async ({ ada, open }) => {
  const { source } = await open(ada, await ada.newDocument(""), { ...profiles.android, panes: "edit" });
  const wanted = { spellcheck: "true", autocorrect: "on", autocapitalize: "sentences", writingsuggestions: "true", enterkeyhint: "enter" };
  for (const [name, value] of Object.entries(wanted)) await expect(source).toHaveAttribute(name, value);
});
