import{createRequire as makeRequire}from'node:module';const require=makeRequire(import.meta.url);
var e=["observed","skipped","awaiting-approval","deferred","submitting","running","verifying","succeeded","failed","escalated","needs-human","rejected"];export{e as a};
