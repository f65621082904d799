import{createRequire as makeRequire}from'node:module';const require=makeRequire(import.meta.url);
import{a as e}from"./chunk-HA5ADYQI.mjs";function t({screen:o},r){for(let n of JSON.stringify(r,null,2).split(`
`))o.line(n)}e(t,"writeJson");export{t as a};
