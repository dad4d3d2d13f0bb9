/** Pictures of every screen, light and dark, at a desk and on a phone: `cargo xtask shots`. */
import { join } from "node:path";
import { expect, phone, test } from "./fixtures";
import { phoneScreens } from "./phone-screens";
import { screens, World } from "./screens";

const folder = join(import.meta.dirname, "../../target/shots");
const widths = { desk: {}, phone };

for (const screen of [...screens, ...phoneScreens]) {
  for (const width of ["desk", "phone"] as const) {
    if (screen.only && screen.only !== width) continue;
    test(`${screen.name} (${width})`, async ({ server, window }) => {
      const world = new World(server);
      const page = await window(screen.who === "ada" ? await world.ada() : null, widths[width]);
      await page.emulateMedia({ reducedMotion: "reduce" });
      await screen.go(page, world);
      await page.evaluate(() => document.fonts.ready);
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        // Diagrams are drawn anew.
        await expect(page.locator(`.picture[data-scheme]:not([data-scheme=${colorScheme}])`)).toHaveCount(0);
        await page.screenshot({ path: join(folder, `${screen.name}.${width}.${colorScheme}.png`) });
      }
      world.end();
    });
  }
}
