import { Socket } from 'node:net';

/**
 * A connection whose other end is in this process: it answers each HTTP request with 200 and a JSON body, and no byte leaves the process.
 */
export class SampleSocket extends Socket {
  private received = '';
  private readonly reply: (head: string, body: string) => object;
  private readonly connection: 'keep-alive' | 'close';

  /** @param reply gets the head and the body of a request */
  constructor(reply: (head: string, body: string) => object, connection: 'keep-alive' | 'close') {
    super();
    this.reply = reply;
    this.connection = connection;
  }

  // Without a handle of the system, these wait for a connection that never comes.
  override setKeepAlive(): this {
    return this;
  }

  override setNoDelay(): this {
    return this;
  }

  override ref(): this {
    return this;
  }

  override unref(): this {
    return this;
  }

  override _read(): void {
    // The answer comes by itself.
  }

  override _write(chunk: Buffer | string, _: BufferEncoding, done: () => void): void {
    this.received += chunk.toString('latin1');
    this.answer();
    done();
  }

  override _writev(chunks: { chunk: Buffer | string }[], done: () => void): void {
    for (const { chunk } of chunks) this.received += chunk.toString('latin1');
    this.answer();
    done();
  }

  /** Answers the request, once it is whole. */
  private answer(): void {
    const end = this.received.indexOf('\r\n\r\n');
    if (end === -1) return;
    const head = this.received.slice(0, end);
    const body = this.received.slice(end + 4);
    if (body.length < Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0)) return;
    this.received = '';
    const answer = JSON.stringify(this.reply(head, body));
    const type = `content-type: application/json\r\nconnection: ${this.connection}`;
    this.push(`HTTP/1.1 200 OK\r\n${type}\r\ncontent-length: ${Buffer.byteLength(answer)}\r\n\r\n${answer}`);
  }
}
