/** System, light, dark: one row of a menu. */
import { Monitor, Moon, Sun } from "./action-icons";
import type { Icon } from "./icons";
import { setTheme, theme, type Theme } from "./theme";

const choices: readonly { theme: Theme; label: string; icon: Icon }[] = [
  { theme: "system", label: "As the system", icon: Monitor },
  { theme: "light", label: "Light", icon: Sun },
  { theme: "dark", label: "Dark", icon: Moon },
];

export function ThemeSwitch() {
  return (
    <div class="menu-theme" role="group" aria-label="Theme">
      <span aria-hidden="true">Theme</span>
      <span class="switch" role="none">
        {choices.map((choice) => (
          <button
            key={choice.theme}
            type="button"
            role="menuitemradio"
            tabIndex={-1}
            aria-checked={theme.value === choice.theme}
            aria-label={choice.label}
            title={choice.label}
            onClick={() => setTheme(choice.theme)}
          >
            <choice.icon size="small" />
          </button>
        ))}
      </span>
    </div>
  );
}
