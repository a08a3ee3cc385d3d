/** What a request is answered with. */
export interface ApiResponse {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export function json(status: number, value: unknown): ApiResponse {
  return { status, contentType: "application/json", body: `${JSON.stringify(value)}\n` };
}

/** The answer to a request that can't be met: `{error}` says why and how to mend it. */
export function fault(status: number, error: string, headers: Readonly<Record<string, string>> = {}): ApiResponse {
  return { ...json(status, { error }), headers };
}

/** What became of reading a request's body. */
export type Body =
  | { readonly kind: "whole"; readonly bytes: Uint8Array }
  | { readonly kind: "too-large"; readonly sizeMax: number }
  | { readonly kind: "no-room" };

export interface ApiRequest {
  readonly method: string;
  /** As it was sent, its parts still percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readBody(): Promise<Body>;
}

/** The bytes of a body, or the answer to one that can't be taken. */
export async function wholeBody(request: ApiRequest): Promise<Uint8Array | ApiResponse> {
  const body = await request.readBody();
  switch (body.kind) {
    case "whole":
      return body.bytes;
    case "too-large":
      return fault(413, `a body has at most ${body.sizeMax} bytes: send it in parts`);
    case "no-room":
      return fault(503, "too much is being received at once: send it again", { "retry-after": "1" });
  }
}
