// Answers as the body says, or with the event that it got.
export async function handler(event, context) {
  const order = event.headers['x-order'];
  if (order === 'throw') throw new TypeError('no such node');
  if (order === 'hang') {
    console.log(`hanging in ${process.pid}`);
    await new Promise(() => setInterval(() => {}, 1000));
  }
  if (order === 'answer') return JSON.parse(event.body);
  if (order === 'pid') return { statusCode: 202, body: String(process.pid) };
  return { event, context, remainingMs: context.getRemainingTimeInMillis() };
}
