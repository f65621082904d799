import { setTimeout } from 'node:timers/promises';

// Works on messages `{ id, takesMs?, failures?, hangs? }`: takes its time, fails or hangs as often as the message
// says, and tells what it got.
export async function handler(event) {
  const records = event.Records.map((record) => ({
    ...JSON.parse(record.body),
    messageId: record.messageId,
    receiveCount: Number(record.attributes.ApproximateReceiveCount),
  }));
  console.log(
    JSON.stringify({
      pid: process.pid,
      records: records.map(({ id, receiveCount }) => ({ id, receiveCount })),
    }),
  );
  if (records.some(({ hangs = 0, receiveCount }) => receiveCount <= hangs)) {
    await new Promise(() => setInterval(() => {}, 1000));
  }
  await setTimeout(Math.max(0, ...records.map(({ takesMs = 0 }) => takesMs)));
  const failed = records.filter(({ failures = 0, receiveCount }) => receiveCount <= failures);
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}
