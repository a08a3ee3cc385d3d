import { consoleChannel } from "../adapters/channel-console/console-channel.ts";
import { emailChannel } from "../adapters/channel-email/email-channel.ts";
import { fileChannel } from "../adapters/channel-file/file-channel.ts";
import { webhookChannel } from "../adapters/channel-webhook/webhook-channel.ts";
import type { Channel } from "../ports/channel.ts";
import type { Clock } from "../ports/clock.ts";
import type { ChannelConfig } from "../spec/config-schema.ts";

export interface ChannelPorts {
  readonly clock: Clock;
  /** Where console channels write. */
  readonly write: (text: string) => void;
  readonly hasColour: boolean;
}

/** The channel that settings describe. */
export function makeChannel(name: string, config: ChannelConfig, { clock, write, hasColour }: ChannelPorts): Channel {
  switch (config.kind) {
    case "console":
      return consoleChannel({ name, write, hasColour });
    case "email":
      return emailChannel({
        name,
        url: config.smtp,
        from: config.from,
        to: config.to,
        isTlsRequired: config.requireTls,
      });
    case "file":
      return fileChannel({ name, path: config.path });
    case "webhook":
      return webhookChannel({
        name,
        url: config.url,
        ...(config.secret === undefined ? {} : { secret: config.secret }),
        clock,
      });
  }
}
