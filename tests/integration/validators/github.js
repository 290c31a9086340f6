// node github.js FILE...: prints what is wrong with GitHub workflows and actions, and fails if something is.
import fs from "fs";
import { validateAction, validateWorkflow } from "@action-validator/core";

for (const file of process.argv.slice(2)) {
    const check = file.endsWith("action.yml") ? validateAction : validateWorkflow;
    const { errors } = check(fs.readFileSync(file, "utf8"));
    if (errors.length) {
        console.log(file, JSON.stringify(errors, null, 1));
        process.exitCode = 1;
    }
}
