/** A request's bytes, up to a limit that holds while they arrive. */

/**
 * `too-large` as soon as one byte too many is announced or arrives; `incomplete` when the sender broke off. Bytes are
 * taken as they are: content-encoding and charset do not concern a signature over the raw body.
 */
export async function readBody(
  request: Request,
  limit: number,
): Promise<Uint8Array | 'too-large' | 'incomplete'> {
  if (Number(request.headers.get('content-length') ?? 0) > limit) return 'too-large';
  if (request.body === null) return new Uint8Array();
  const reader = (request.body as ReadableStream<Uint8Array>).getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      size += value.length;
      if (size > limit) {
        await reader.cancel();
        return 'too-large';
      }
      chunks.push(value);
    }
  } catch {
    return 'incomplete';
  }
  return joined(chunks, size);
}

function joined(chunks: Uint8Array[], size: number): Uint8Array {
  const [only] = chunks;
  if (chunks.length === 1 && only !== undefined) return only;
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
