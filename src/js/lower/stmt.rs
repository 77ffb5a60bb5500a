//! Statements. One of the source may become none or several.

use swc_common::Spanned;

use super::hoist::{Declarations, escapes_its_block, variable_kind};
use super::*;

impl Lowering<'_> {
    pub(super) fn statements(&mut self, stmts: &[swc::Stmt]) -> Vec<StmtId> {
        let mut lowered = Vec::with_capacity(stmts.len());
        for stmt in stmts {
            self.statement(stmt, &mut lowered);
        }
        lowered
    }

    pub(super) fn statement_list(&mut self, stmts: &[swc::Stmt]) -> StmtsId {
        let lowered = self.statements(stmts);
        self.add_stmts(lowered)
    }

    /// Appends what `stmt` becomes to `out`.
    pub(super) fn statement(&mut self, stmt: &swc::Stmt, out: &mut Vec<StmtId>) {
        let lowered = match stmt {
            swc::Stmt::Empty(_) | swc::Stmt::Debugger(_) => return,
            swc::Stmt::Decl(decl) => return self.declaration(decl, out),
            swc::Stmt::Block(block) => self.block_of(&block.stmts),
            swc::Stmt::Expr(statement) => Stmt::Expr(self.expr(&statement.expr)),
            swc::Stmt::Return(leave) => Stmt::Return(self.optional_expr(leave.arg.as_deref())),
            swc::Stmt::Throw(throw) => Stmt::Throw(self.expr(&throw.arg)),
            swc::Stmt::Break(leave) => Stmt::Break(self.label(leave.label.as_ref())),
            swc::Stmt::Continue(next) => Stmt::Continue(self.label(next.label.as_ref())),
            swc::Stmt::Labeled(labeled) => {
                let label = self.text(&labeled.label.sym);
                Stmt::Labeled { label, body: self.body(&labeled.body) }
            }
            swc::Stmt::With(with) => self.with(with),
            swc::Stmt::If(branch) => self.branch(branch),
            swc::Stmt::Switch(switch) => self.switch(switch),
            swc::Stmt::Try(attempt) => self.attempt(attempt),
            swc::Stmt::While(turn) => {
                let test = self.expr(&turn.test);
                Stmt::While { test, body: self.body(&turn.body) }
            }
            swc::Stmt::DoWhile(turn) => {
                let body = self.body(&turn.body);
                Stmt::DoWhile { body, test: self.expr(&turn.test) }
            }
            swc::Stmt::For(turn) => self.for_loop(turn),
            swc::Stmt::ForIn(turn) => self.for_in(turn),
            swc::Stmt::ForOf(turn) => self.for_of(turn),
        };
        out.push(self.add_stmt(lowered, stmt.span()));
    }

    /// A declaration in the current scope, which hoisting has prepared for it.
    pub(super) fn declaration(&mut self, decl: &swc::Decl, out: &mut Vec<StmtId>) {
        if typescript::is_erased(decl) {
            return;
        }
        match decl {
            swc::Decl::Class(class) => self.class_declaration(class, out),
            swc::Decl::Fn(function) => self.function_declaration(function, out),
            swc::Decl::Var(var) => self.declarators(&var.decls, variable_kind(var.kind), out),
            swc::Decl::Using(using) => self.declarators(&using.decls, BindingKind::Const, out),
            swc::Decl::TsEnum(enumeration) => self.enumeration(enumeration, out),
            swc::Decl::TsModule(module) => self.namespace(module, out),
            swc::Decl::TsInterface(_) | swc::Decl::TsTypeAlias(_) => {}
        }
    }

    fn class_declaration(&mut self, declaration: &swc::ClassDecl, out: &mut Vec<StmtId>) {
        let class = self.class(&declaration.class, None, Some(&declaration.ident));
        if let Some(binding) = self.resolve(&declaration.ident.sym) {
            out.push(self.add_stmt(Stmt::Class { binding, class }, declaration.class.span));
        }
    }

    fn function_declaration(&mut self, declaration: &swc::FnDecl, out: &mut Vec<StmtId>) {
        let name = self.text(&declaration.ident.sym);
        let function = self.plain_function(&declaration.function, Some(name), None);
        let Some(binding) = self.resolve(&declaration.ident.sym) else { return };
        self.hoist(binding, function);
        if let Some(variable) = self.escape(declaration) {
            let span = declaration.ident.span;
            let (target, value) = (self.add_pattern(Pattern::Name(variable)), self.add_expr(Expr::Name(binding), span));
            let assign = self.add_expr(Expr::Assign { target, value }, span);
            out.push(self.add_stmt(Stmt::Expr(assign), span));
        }
    }

    /// The `var` that a function declared in a sloppy block is assigned to when its declaration is reached (ECMA-262, B.3.2).
    fn escape(&self, declaration: &swc::FnDecl) -> Option<BindingId> {
        if self.is_strict || !escapes_its_block(declaration) {
            return None;
        }
        let body = self.module.functions[self.function.index()].scope;
        let hidden = self.resolve_hidden(&declaration.ident.sym).filter(|_| self.scope != body)?;
        let binding = self.binding(hidden);
        (binding.scope == body && matches!(binding.kind, BindingKind::Var | BindingKind::Function)).then_some(hidden)
    }

    fn declarators(&mut self, declarators: &[swc::VarDeclarator], kind: BindingKind, out: &mut Vec<StmtId>) {
        for declarator in declarators {
            let pattern = self.pattern(&declarator.name);
            let name = pattern::pattern_name(&declarator.name).map(|name| self.text(name));
            let init = declarator.init.as_ref().map(|init| self.named_expr(init, name));
            out.push(self.add_stmt(Stmt::Declare { kind, pattern, init }, declarator.span));
        }
    }

    /// The body of a loop, branch or label as one statement.
    fn body(&mut self, stmt: &swc::Stmt) -> StmtId {
        let mut lowered = Vec::with_capacity(1);
        if !stmt.is_decl() {
            self.statement(stmt, &mut lowered);
        }
        match lowered.as_slice() {
            [only] => *only,
            _ => {
                let block = self.block_of(std::slice::from_ref(stmt));
                self.add_stmt(block, stmt.span())
            }
        }
    }

    fn block(&mut self, block: &swc::BlockStmt) -> StmtId {
        let lowered = self.block_of(&block.stmts);
        self.add_stmt(lowered, block.span)
    }

    fn block_of(&mut self, stmts: &[swc::Stmt]) -> Stmt {
        let (scope, body) = self.in_block(&Declarations::of_block(stmts), |this| this.statement_list(stmts));
        Stmt::Block { scope, body }
    }

    /// The names that `with` brings into sight are not known: they stay what they are without it.
    fn with(&mut self, with: &swc::WithStmt) -> Stmt {
        let object = self.expr(&with.obj);
        let object = self.add_stmt(Stmt::Expr(object), with.obj.span());
        let body = vec![object, self.body(&with.body)];
        Stmt::Block { scope: None, body: self.add_stmts(body) }
    }

    fn branch(&mut self, branch: &swc::IfStmt) -> Stmt {
        let test = self.expr(&branch.test);
        let then = self.body(&branch.cons);
        let otherwise = branch.alt.as_ref().map(|alt| self.body(alt));
        Stmt::If { test, then, otherwise }
    }

    fn switch(&mut self, switch: &swc::SwitchStmt) -> Stmt {
        let value = self.expr(&switch.discriminant);
        let (scope, cases) = self.in_block(&Declarations::of_cases(&switch.cases), |this| {
            let cases = switch.cases.iter();
            cases.map(|case| this.case(case)).collect()
        });
        Stmt::Switch(Box::new(Switch { scope, value, cases }))
    }

    fn case(&mut self, case: &swc::SwitchCase) -> Case {
        let test = self.optional_expr(case.test.as_deref());
        Case { test, body: self.statement_list(&case.cons) }
    }

    fn attempt(&mut self, attempt: &swc::TryStmt) -> Stmt {
        let block = self.block(&attempt.block);
        let handler = attempt.handler.as_ref().map(|clause| self.handler(clause));
        let finalizer = attempt.finalizer.as_ref().map(|finalizer| self.block(finalizer));
        Stmt::Try(Box::new(Try { block, handler, finalizer }))
    }

    fn handler(&mut self, clause: &swc::CatchClause) -> Handler {
        let declarations = clause.param.as_ref().map(|param| Declarations::of_pattern(param, BindingKind::Catch));
        let (scope, (param, body)) = self.in_scope(&declarations.unwrap_or_default(), |this| {
            let param = clause.param.as_ref().map(|param| this.pattern(param));
            (param, this.block(&clause.body))
        });
        Handler { scope, param, body }
    }

    fn for_loop(&mut self, turn: &swc::ForStmt) -> Stmt {
        let (scope, (init, test, update, body)) =
            self.in_block(&Declarations::of_loop_init(turn.init.as_ref()), |this| {
                let mut init = Vec::new();
                match &turn.init {
                    Some(swc::VarDeclOrExpr::VarDecl(var)) => {
                        this.declarators(&var.decls, variable_kind(var.kind), &mut init);
                    }
                    Some(swc::VarDeclOrExpr::Expr(expr)) => {
                        let lowered = this.expr(expr);
                        init.push(this.add_stmt(Stmt::Expr(lowered), expr.span()));
                    }
                    None => {}
                }
                let test = this.optional_expr(turn.test.as_deref());
                let update = this.optional_expr(turn.update.as_deref());
                (this.add_stmts(init), test, update, this.body(&turn.body))
            });
        Stmt::For(Box::new(For { scope, init, test, update, body }))
    }

    fn for_in(&mut self, turn: &swc::ForInStmt) -> Stmt {
        let whole = self.expr(&turn.right);
        let (scope, (target, body)) = self.loop_turn(&turn.left, &turn.body);
        Stmt::ForIn(Box::new(ForEach { scope, target, whole, body }))
    }

    fn for_of(&mut self, turn: &swc::ForOfStmt) -> Stmt {
        let whole = self.expr(&turn.right);
        let (scope, (target, body)) = self.loop_turn(&turn.left, &turn.body);
        Stmt::ForOf(Box::new(ForEach { scope, target, whole, body }))
    }

    fn loop_turn(&mut self, head: &swc::ForHead, body: &swc::Stmt) -> (Option<ScopeId>, (PatternId, StmtId)) {
        self.in_block(&Declarations::of_loop_head(head), |this| (this.loop_target(head), this.body(body)))
    }

    fn optional_expr(&mut self, expr: Option<&swc::Expr>) -> Option<ExprId> {
        expr.map(|expr| self.expr(expr))
    }

    fn label(&mut self, label: Option<&swc::Ident>) -> Option<TextId> {
        label.map(|label| self.text(&label.sym))
    }
}
