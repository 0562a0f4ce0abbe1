;;; vpc-mode.el --- Major mode for .vpc, the language of vpcc  -*- lexical-binding: t; -*-

;; Version: 0.1.0
;; Package-Requires: ((emacs "26.1"))
;; Keywords: languages, tools
;; URL: https://github.com/vpcc/vpcc
;; SPDX-License-Identifier: MIT OR Apache-2.0

;;; Commentary:

;; Colours, indentation, an index of what is declared, and the commands
;; `vpc-check', `vpc-plan' and `vpc-explain'.  With eglot, `M-x eglot'
;; starts `vpcc lsp', which brings findings, hover, completion, renaming.

;;; Code:

(require 'compile)
(require 'thingatpt)

(defgroup vpc nil
  "Networks written down in .vpc files."
  :group 'languages
  :prefix "vpc-")

(defcustom vpc-program "vpcc"
  "The program vpcc: a name, looked up in the variable `exec-path', or a path."
  :type 'string)

(defcustom vpc-indent-offset 2
  "Blanks that a block is indented by; `vpcc fmt' has 2."
  :type 'integer
  :safe #'integerp)

;; The words of grammar/keywords.txt.

(defconst vpc-statements
  '("account" "acl" "assert" "at" "boot" "cidr" "customer" "defaults" "disk" "dns" "domain" "egress"
    "elastic" "endpoint" "env" "every" "existing" "flow-log" "gateway" "hostnames" "image" "imds"
    "ingress" "ipv6" "keep" "key" "let" "lockdown" "network" "node" "ntp" "output" "param" "peer"
    "policy" "private" "propagate" "public" "quota" "region" "role" "route" "routes" "servers" "sg"
    "share" "stack" "subnet" "support" "tags" "tenancy" "traffic" "type" "use" "vpn")
  "Words that start a statement.")

(defconst vpc-connectors
  '("across" "allow" "as" "asn" "at" "az" "by" "can" "cannot" "deny" "each" "elastic" "from" "in" "on" "reach" "to"
    "via" "was")
  "Words that connect the parts of a statement.")

(defconst vpc-constants
  '("all" "any" "dedicated" "default" "interface" "internet" "nat" "none" "off" "self" "unencrypted")
  "Words that stand for something by themselves.")

(defconst vpc-protocols
  '("icmp" "icmpv6" "tcp" "udp")
  "Protocols that have a name.")

(defconst vpc--start "\\(?:^\\|[{;]\\)[ \t]*"
  "Where a statement may start.")

(defconst vpc--digits "\\(?:[0-9]\\|{[[:alpha:]][[:alnum:]_-]*}\\)+"
  "A number, which may have parameters in it.")

(defun vpc--find-parameter (limit)
  "Find the next {parameter} before LIMIT that is not in a comment."
  (let (found)
    (while (and (setq found (re-search-forward "{[[:alpha:]][[:alnum:]_-]*}" limit t))
                (save-match-data (nth 4 (syntax-ppss)))))
    found))

(defconst vpc--declaring
  '("acl" "customer" "elastic" "endpoint" "flow-log" "gateway" "image" "key" "let" "network" "node" "output"
    "param" "peer" "routes" "sg" "subnet" "vpn")
  "Statements whose second word is a name that they declare.")

(defconst vpc-font-lock-keywords
  `((,(concat vpc--start "\\(" (regexp-opt vpc--declaring) "\\)[ \t]+\\([[:alpha:]][[:alnum:]_-]*\\)")
     (1 font-lock-keyword-face) (2 font-lock-type-face))
    (,(concat vpc--start "\\(" (regexp-opt vpc-statements) "\\)\\_>") 1 font-lock-keyword-face)
    (,(concat "[] \t\"]\\(" (regexp-opt vpc-connectors) "\\)\\_>") 1 font-lock-keyword-face)
    (,(concat "\\_<" (regexp-opt vpc-protocols) "\\_>") . font-lock-builtin-face)
    (,(concat "\\_<" (regexp-opt vpc-constants) "\\_>") . font-lock-constant-face)
    ("\\_<[[:xdigit:]]*:[[:xdigit:]:.]*\\(?:/[0-9]+\\)?" . font-lock-constant-face)
    (,(concat "\\_<" vpc--digits "\\(?:\\." vpc--digits "\\)\\{3\\}\\(?:/" vpc--digits "\\)?") . font-lock-constant-face)
    (vpc--find-parameter 0 font-lock-variable-name-face t))
  "What `vpc-mode' colours.")

(defvar vpc-mode-syntax-table
  (let ((table (make-syntax-table)))
    (modify-syntax-entry ?# "<" table)
    (modify-syntax-entry ?\n ">" table)
    (modify-syntax-entry ?\" "\"" table)
    (modify-syntax-entry ?\\ "\\" table)
    (modify-syntax-entry ?_ "_" table)
    (modify-syntax-entry ?- "_" table)
    (modify-syntax-entry ?. "." table)
    (modify-syntax-entry ?{ "(}" table)
    (modify-syntax-entry ?} "){" table)
    (modify-syntax-entry ?\[ "(]" table)
    (modify-syntax-entry ?\] ")[" table)
    table)
  "What characters are in .vpc.")

(defun vpc-indent-line ()
  "Indent the line by how many blocks are open around it."
  (interactive)
  (let* ((depth (save-excursion
                  (back-to-indentation)
                  (let ((open (car (syntax-ppss))))
                    (if (looking-at-p "[]})]") (1- open) open))))
         (goes-on (save-excursion
                    (beginning-of-line)
                    (skip-chars-backward " \t\n")
                    (and (eq (char-before) ?,) (not (nth 4 (syntax-ppss))))))
         (column (* vpc-indent-offset (max 0 (if goes-on (1+ depth) depth)))))
    (if (<= (current-column) (current-indentation))
        (indent-line-to column)
      (save-excursion (indent-line-to column)))))

(defvar vpc-imenu-generic-expression
  (mapcar (lambda (word)
            (list word (concat vpc--start (regexp-quote word) "[ \t]+\\([[:alpha:]][[:alnum:]_-]*\\)") 1))
          vpc--declaring)
  "How `imenu' finds what is declared.")

(defun vpc--run (command &rest arguments)
  "Run COMMAND of vpcc with ARGUMENTS in a compilation buffer."
  (compile (mapconcat #'shell-quote-argument (append (list vpc-program command) arguments) " ")))

(defun vpc--file ()
  "The file of this buffer, which is saved before it is read."
  (unless buffer-file-name
    (user-error "This buffer has no file"))
  (when (buffer-modified-p)
    (save-buffer))
  (file-name-nondirectory buffer-file-name))

(defun vpc-check ()
  "Show the mistakes of this program."
  (interactive)
  (vpc--run "check" (vpc--file)))

(defun vpc-plan ()
  "Show what would change in EC2."
  (interactive)
  (vpc--run "plan" (vpc--file)))

(defun vpc-explain (code)
  "Tell the long story of the finding CODE."
  (interactive (list (read-string "Which finding? " (thing-at-point 'symbol t))))
  (vpc--run "explain" code))

(defvar vpc-mode-map
  (let ((map (make-sparse-keymap)))
    (define-key map (kbd "C-c C-c") #'vpc-check)
    (define-key map (kbd "C-c C-p") #'vpc-plan)
    (define-key map (kbd "C-c C-e") #'vpc-explain)
    map)
  "Keys of `vpc-mode'.")

;;;###autoload
(define-derived-mode vpc-mode prog-mode "vpc"
  "Major mode for .vpc, the language of vpcc."
  (setq-local comment-start "# ")
  (setq-local comment-start-skip "#+[ \t]*")
  (setq-local indent-line-function #'vpc-indent-line)
  (setq-local indent-tabs-mode nil)
  (setq-local tab-width 2)
  (setq-local electric-indent-chars (append "}" electric-indent-chars))
  (setq-local font-lock-defaults '(vpc-font-lock-keywords))
  (setq-local imenu-generic-expression vpc-imenu-generic-expression)
  (setq-local imenu-case-fold-search nil))

;; `┌─ FILE:LINE:COLUMN', as vpcc tells where something is.
(add-to-list 'compilation-error-regexp-alist-alist
             '(vpcc "^ *┌─ \\(.+\\):\\([0-9]+\\):\\([0-9]+\\)$" 1 2 3))
(add-to-list 'compilation-error-regexp-alist 'vpcc)

;;;###autoload
(add-to-list 'auto-mode-alist '("\\.vpc\\'" . vpc-mode))

(defvar eglot-server-programs)
(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs (list 'vpc-mode vpc-program "lsp")))

(provide 'vpc-mode)
;;; vpc-mode.el ends here
