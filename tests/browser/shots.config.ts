/** `cargo xtask shots`: the pictures, with everything else as in the tests. */
import { defineConfig } from "@playwright/test";
import tests from "./playwright.config";

const { projects: _, ...shared } = tests;

export default defineConfig({ ...shared, testMatch: "shots.ts", timeout: 120_000 });
