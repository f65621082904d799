/** Each call gives the time since the call before, such as `0.42 s`. */
export function stopwatch(): () => string {
  let lapStart = performance.now();
  return () => {
    const now = performance.now();
    const seconds = (now - lapStart) / 1000;
    lapStart = now;
    return `${seconds.toFixed(2)} s`;
  };
}
