/** Where a refusal of the server belongs in the form. The server's sentence is shown as it is. */
import type { Failure } from "./account-form";

const fields: Record<string, Failure["field"]> = {
  name_taken: "name",
  name_invalid: "name",
  display_invalid: "name",
  password_short: "password",
  password_common: "password",
  password_long: "password",
  wrong_credentials: "password",
};

export function failureOf(error: { code: string; message: string } | null): Failure {
  if (!error)
    return {
      field: "form",
      sentence: "The server cannot be reached. What you typed is still here: try again in a moment.",
    };
  return { field: fields[error.code] ?? "form", sentence: error.message };
}
