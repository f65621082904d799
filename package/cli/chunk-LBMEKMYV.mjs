import{createRequire as makeRequire}from'node:module';const require=makeRequire(import.meta.url);
var e={kind:"tuple",parameters:[{brief:"The id of a remediation, or its beginning",parse:String,placeholder:"id"}]};export{e as a};
