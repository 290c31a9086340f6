// node kubernetes.js: reads a Job as JSON, prints what is wrong with it, and fails if something is.
import fs from "fs";
import { Job } from "kubernetes-models/batch/v1/Job";

try {
    new Job(JSON.parse(fs.readFileSync(0, "utf8"))).validate();
} catch (error) {
    console.log(error.message);
    process.exitCode = 1;
}
