import{createRequire as makeRequire}from'node:module';const require=makeRequire(import.meta.url);
import{a as r}from"./chunk-W2Y5TQF6.mjs";import{a as i}from"./chunk-HA5ADYQI.mjs";import{inspect as e}from"node:util";function s(n){let o=n.split(`
`).map(t=>`${r(t)}
`);process.stderr.write(o.join(""))}i(s,"complain");function m(n,o){s(o(n)?n.message:e(n)),process.exitCode=1}i(m,"endWith");export{s as a,m as b};
