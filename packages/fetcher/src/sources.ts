import path from "node:path";
import { FetchError } from "./errors.ts";
import type { RetryOptions } from "./fetcher-options.ts";
import { withScratch } from "./fs/scratch.ts";
import { downloadFtp } from "./ftp/ftp-download.ts";
import { downloadHadoop } from "./hadoop/download-hadoop.ts";
import { HadoopClient } from "./hadoop/hadoop-client.ts";
import { Dispatchers } from "./http/dispatchers.ts";
import { downloadHttp } from "./http/http-download.ts";
import { downloadLocal } from "./local/download-local.ts";
import type { Identity } from "./run-as.ts";
import type { Transfer, TransferOutcome } from "./transfer.ts";
import type { Source } from "./uri/parse-source.ts";

export interface SourcesOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly hadoopHome: string | undefined;
  readonly retry: RetryOptions;
  readonly stallTimeoutMs: number;
  readonly maxRedirects: number;
  readonly tlsCertificates: readonly string[];
  readonly now: () => number;
  readonly random: () => number;
}

/** For whom a source is read. */
export interface Reader {
  readonly identity: Identity | undefined;
  readonly frameworksHome: string | undefined;
  /** A folder in which a client program may be lent one of its own. */
  readonly scratchParent: string;
}

/** All kinds of sources behind one call. */
export class Sources {
  readonly #options: SourcesOptions;
  readonly #dispatchers: Dispatchers;
  readonly #hadoop: HadoopClient;

  constructor(options: SourcesOptions) {
    this.#options = options;
    // Longer than a stall may last: what hangs is judged in one place, and only once.
    this.#dispatchers = new Dispatchers({ ...options, connectTimeoutMs: 2 * options.stallTimeoutMs });
    this.#hadoop = new HadoopClient(options);
  }

  async transfer(source: Source, reader: Reader, transfer: Transfer): Promise<TransferOutcome> {
    const options = this.#options;
    switch (source.kind) {
      case "http":
        return downloadHttp({ ...options, dispatchers: this.#dispatchers }, source.url, transfer);
      case "ftp":
        return downloadFtp({ ...options, certificates: () => this.#dispatchers.certificates() }, source.url, transfer);
      case "local":
        return downloadLocal(options, source.path, reader.identity, transfer);
      case "relative":
        return downloadLocal(options, below(reader.frameworksHome, source.path), reader.identity, transfer);
      case "hadoop":
        return withScratch(reader.scratchParent, reader.identity, (folder, folderPath) =>
          downloadHadoop(this.#hadoop, source.uri, reader.identity, folder, folderPath, transfer),
        );
    }
  }

  async close(): Promise<void> {
    await this.#dispatchers.close();
  }
}

function below(frameworksHome: string | undefined, name: string): string {
  if (frameworksHome === undefined || frameworksHome === "") {
    throw new FetchError(
      "invalid-uri",
      "a relative path was passed for the URI, but the frameworks home is not set; use an absolute path",
    );
  }
  return path.join(frameworksHome, name);
}
