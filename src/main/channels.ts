import { consoleChannel } from "../adapters/channel-console/console-channel.ts";
import { emailChannel } from "../adapters/channel-email/email-channel.ts";
import { fileChannel } from "../adapters/channel-file/file-channel.ts";
import { webhookChannel } from "../adapters/channel-webhook/webhook-channel.ts";
import { didYouMean } from "../core/base/text-distance.ts";
import type { LoadedChannelFactory } from "../plugin/loaded-plugin.ts";
import type { Channel } from "../ports/channel.ts";
import type { Clock } from "../ports/clock.ts";
import { CepError } from "../ports/error.ts";
import type { ChannelConfig } from "../spec/config-schema.ts";
import { pluginChannel } from "./plugin-channel.ts";

export interface ChannelPorts {
  readonly clock: Clock;
  /** Where console channels write. */
  readonly write: (text: string) => void;
  readonly hasColour: boolean;
  /** Channels of plug-ins, by their names there; default none. */
  readonly plugins?: ReadonlyMap<string, LoadedChannelFactory>;
}

/**
 * The channel that settings describe.
 *
 * @throws {CepError} CONFIG where a plug-in's channel is not there, or can't be made.
 */
export function makeChannel(
  name: string,
  config: ChannelConfig,
  { clock, write, hasColour, plugins = new Map() }: ChannelPorts,
): Channel {
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
    case "plugin": {
      const { use, options } = config;
      const factory = plugins.get(use);
      if (factory === undefined) {
        const hint = didYouMean(use, plugins.keys()) || "; name its module under `plugins`";
        throw new CepError("CONFIG", `the channel ${name} uses ${use}, which no plug-in exports${hint}`);
      }
      const secrets = Object.fromEntries(
        Object.entries(config.secrets).map(([secret, value]) => [secret, value.reveal()]),
      );
      return pluginChannel({ name, use, factory, options, secrets });
    }
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
