import { createTransport, type SendMailOptions } from "nodemailer";
import { textOf, type EffectText } from "../../core/notify/alert-text.ts";
import type { Channel, SendResult } from "../../ports/channel.ts";
import { CepError } from "../../ports/error.ts";
import type { Delivery } from "../../ports/incident-store.ts";

/** What no log may show; told apart from a text by its shape. */
interface Secret {
  reveal(): string;
}

export interface EmailChannelOptions {
  readonly name: string;
  /** `smtp://user:password@host:587` or, with TLS from the start, `smtps://…:465`. */
  readonly url: Secret;
  readonly from: string;
  readonly to: readonly string[];
  /** Whether a server that offers no TLS is refused. Default true; false is for a relay on this machine. */
  readonly isTlsRequired?: boolean;
}

/**
 * Sends an e-mail, text and HTML, over a connection of its own.
 *
 * Delivery guarantees: `Message-ID` is the delivery's id at every attempt, so mail systems that look for doubles find
 * them. A server's 5xx for sender, recipients or message is permanent; its 4xx, a connection that fails at any point, and a
 * login or TLS that is refused come again. Where some of several
 * recipients are refused the delivery counts as done: those taken would else get it again and again.
 * At the limit: subject and lines are cut, see alert-text.ts.
 *
 * @throws {CepError} CONFIG for a URL, sender or recipients that can't be used.
 */
export function emailChannel(options: EmailChannelOptions): Channel {
  const { name, url, from, to, isTlsRequired = true } = options;
  requireUsable(options);
  return {
    name,
    async send(delivery, { timeoutMs }) {
      const transport = createTransport({
        url: url.reveal(),
        requireTLS: isTlsRequired,
        connectionTimeout: timeoutMs,
        greetingTimeout: timeoutMs,
        socketTimeout: timeoutMs,
        disableFileAccess: true,
        disableUrlAccess: true,
      });
      // The whole of it, where the three above begin anew with each byte
      const message = { ...messageOf(delivery, { from, to }), signal: AbortSignal.timeout(timeoutMs) };
      try {
        await transport.sendMail(message);
        return { kind: "delivered" };
      } catch (error) {
        return resultOf(error);
      } finally {
        transport.close();
      }
    },
    async close() {},
  };
}

function requireUsable({ url, from, to }: EmailChannelOptions): void {
  const parsed = URL.canParse(url.reveal()) ? new URL(url.reveal()) : undefined;
  if (parsed === undefined || (parsed.protocol !== "smtp:" && parsed.protocol !== "smtps:") || parsed.hostname === "") {
    throw new CepError("CONFIG", "the SMTP URL begins with neither smtp:// nor smtps://, or names no host");
  }
  if (to.length === 0) throw new CepError("CONFIG", "an e-mail channel has at least one recipient");
  for (const address of [from, ...to]) {
    if (!/^[^\r\n]*@[^\r\n]*$/.test(address))
      throw new CepError("CONFIG", `${JSON.stringify(address)} is no e-mail address`);
  }
}

function messageOf(
  delivery: Delivery,
  { from, to }: { readonly from: string; readonly to: readonly string[] },
): SendMailOptions {
  const text = textOf(delivery.effect);
  return {
    from,
    to: [...to],
    subject: `[${text.level}] ${text.subject}`,
    text: plainBody(text),
    html: htmlBody(text),
    messageId: `<${delivery.id}@tocsin>`,
    headers: { "Auto-Submitted": "auto-generated" },
  };
}

function plainBody({ subject, lines }: EffectText): string {
  return `${[subject, "", ...lines.map(({ label, value }) => `${label}: ${value}`)].join("\n")}\n`;
}

function htmlBody({ subject, lines }: EffectText): string {
  const rows = lines.map(
    ({ label, value }) =>
      `<tr><th align="left" valign="top">${escapeHtml(label)}</th><td>${escapeHtml(value)}</td></tr>`,
  );
  return `<!doctype html><html><body><p><strong>${escapeHtml(subject)}</strong></p><table>${rows.join("")}</table></body></html>`;
}

const htmlEscapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => htmlEscapes[character] ?? character);
}

/** Where in its talk with the server nodemailer was, when what the server said was about this message. */
const messageCommands: ReadonlySet<unknown> = new Set(["MAIL FROM", "RCPT TO", "DATA"]);

/**
 * By the server's reply code, RFC 5321 section 4.2.1, where it gave one for the sender, the recipients or the message. A 5xx for
 * the greeting, TLS or the login is about the settings, which somebody can mend while the alert waits. A reason holds no
 * password: it is the server's text.
 */
function resultOf(error: unknown): SendResult {
  const reason = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && "responseCode" in error ? error.responseCode : undefined;
  const command = error instanceof Error && "command" in error ? error.command : undefined;
  if (typeof code === "number" && code >= 500 && messageCommands.has(command)) return { kind: "permanent", reason };
  return { kind: "retryable", reason };
}
