;;; Talks to the language server by eglot: findings, hover, quick fix, renaming, layout.  -*- lexical-binding: t; -*-

(require 'ert)
(require 'eglot)
(load (expand-file-name "editors/emacs/vpc-mode.el" (getenv "ROOT")) nil t)
(setq eglot-sync-connect t
      eglot-connect-timeout 30
      flymake-no-changes-timeout 0.1)

(defmacro vpc-tests-with-program (&rest body)
  "Run BODY in a buffer of the broken program, with the server attached."
  `(let* ((folder (make-temp-file "vpc" t))
          (file (expand-file-name "program.vpc" folder)))
     (copy-file (expand-file-name "tests/editors/broken.vpc" (getenv "ROOT")) file)
     (with-current-buffer (find-file-noselect file)
       (should (eq major-mode 'vpc-mode))
       (unwind-protect
           (progn
             (apply #'eglot (eglot--guess-contact))
             ,@body)
         (set-buffer-modified-p nil)
         (eglot-shutdown (eglot-current-server))
         (kill-buffer)
         (delete-directory folder t)))))

(defun vpc-tests-wait (what)
  "Wait until WHAT gives something, which is returned."
  (let ((end (+ (float-time) 20)) (found nil))
    (while (and (not (setq found (funcall what))) (< (float-time) end))
      (accept-process-output nil 0.05))
    found))

(defun vpc-tests-at (text)
  "Go to the start of TEXT."
  (goto-char (point-min))
  (search-forward text)
  (goto-char (match-beginning 0)))

(ert-deftest vpc-findings ()
  (vpc-tests-with-program
   (flymake-start)
   (let ((found (vpc-tests-wait #'flymake-diagnostics)))
     (should (= 1 (length found)))
     (should (string-match-p "10\\.117\\.0\\.5/24" (flymake-diagnostic-text (car found))))
     (should (= 7 (line-number-at-pos (flymake-diagnostic-beg (car found))))))))

(ert-deftest vpc-hover ()
  (vpc-tests-with-program
   (vpc-tests-at "one in")
   (let ((answer (jsonrpc-request (eglot-current-server) :textDocument/hover (eglot--TextDocumentPositionParams))))
     (should (string-match-p "t3\\.micro" (format "%S" answer))))))

(ert-deftest vpc-rename ()
  (vpc-tests-with-program
   (vpc-tests-at "web {")
   (eglot-rename "front")
   (vpc-tests-at "sg    front")
   (vpc-tests-at "sg front")))

(ert-deftest vpc-layout ()
  (vpc-tests-with-program
   (vpc-tests-at "  gateway")
   (insert "      ")
   (eglot-format-buffer)
   (vpc-tests-at "\n  gateway")))

(ert-run-tests-batch-and-exit)
