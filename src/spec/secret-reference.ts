import { z } from "zod";
import { expectations } from "./expectation.ts";
import { Secret } from "./secret.ts";

/** Where the settings' secrets come from; undefined for what is not there. */
export interface SecretSources {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly readSecretFile: (path: string) => string | undefined;
}

const referenceForm = /\$\{(env|file):([^}]+)\}/g;

/** Names of the environment variables that a text refers to. */
export function referredVariables(text: string): readonly string[] {
  return [...text.matchAll(referenceForm)].flatMap(([, kind, name]) =>
    kind === "env" && name !== undefined ? [name] : [],
  );
}

/** A password, token or key: never written down, only referred to. */
export function secretSchema(sources: SecretSources) {
  return z
    .string()
    .regex(/^\$\{(?:env|file):[^}]+\}$/)
    .transform((text, context) => resolve(text, sources, context))
    .describe("A secret: ${env:NAME} or ${file:path}.")
    .register(expectations, {
      text: "a secret by reference, ${env:NAME} or ${file:path}, never the secret itself",
      isSecret: true,
    });
}

/** A URL that may hold a password; the password is referred to. */
export function secretUrlSchema(sources: SecretSources, example: string) {
  return z
    .string()
    .regex(
      /^(?:[a-z][a-z0-9+.-]*:\/\/(?:[^/@:\s]*(?::(?:\$\{(?:env|file):[^}]+\})?)?@)?[^@\s]+|\$\{(?:env|file):[^}]+\})$/,
    )
    .transform((text, context) => {
      const secret = resolve(text, sources, context);
      if (context.issues.length === 0 && !URL.canParse(secret.reveal()))
        context.addIssue({
          code: "custom",
          message: `with its references filled in this is not a URL such as ${example}`,
        });
      return secret;
    })
    .describe(`A URL such as ${example}; a password in it is written as \${env:NAME} or \${file:path}.`)
    .register(expectations, {
      text: `a URL such as ${example}, its password, if any, by reference: \${env:NAME} or \${file:path}`,
      isSecret: true,
    });
}

/** Fills in every reference; a fault for each that leads nowhere. A line feed at a file's end is not part of the secret. */
function resolve(text: string, { environment, readSecretFile }: SecretSources, context: z.RefinementCtx): Secret {
  const filled = text.replace(referenceForm, (_match, kind: string, name: string) => {
    const found = kind === "env" ? environment[name] : readSecretFile(name)?.replace(/\r?\n$/, "");
    if (found !== undefined && found !== "") return found;
    const message =
      kind === "env"
        ? `the environment variable \`${name}\` is not set or is empty: set it`
        : `the file \`${name}\` can't be read or is empty: put the secret into it`;
    context.addIssue({ code: "custom", message });
    return "";
  });
  return new Secret(filled);
}
